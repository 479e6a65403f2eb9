"""What the rules decide by: tags, policies, versions, who brings what. Pure, without a file or a process."""
