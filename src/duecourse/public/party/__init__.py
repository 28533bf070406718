"""当事人入口: the pages of a party, opened with the code on a served document."""
