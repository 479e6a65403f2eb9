long total(long one, long other)
{
    return one + other;
}
