"""What the dialogs show that ask about money: keys, what is filled in, what remains. They write nothing."""
