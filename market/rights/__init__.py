"""Patents, trademarks and copyrights: the register, the chain of title, the encumbrances."""
