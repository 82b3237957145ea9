"""The projects in examples/, as their authors would run them. `make test-examples` does; `make test` skips them."""
