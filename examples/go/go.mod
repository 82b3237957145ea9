module addon

go 1.19
