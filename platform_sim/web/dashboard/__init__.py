"""What a customer and an operator see in a browser, at `/dashboard`: pages made here, without any build step.

May import core, and of the doors what all of them share; it never calls the API's handlers. Everything that it shows
or changes has a link of the API (`links.py`), whose rights hold here too. A topic is a blueprint in a file.
"""
