"""Requirements that exclude one another: who asks for what by way of whom, and which bound to relax."""
