"""What surrounds an instance and changes without a call to us: the names of its apps, where it is attached, who may
enter. Heroku tells by webhook *that* something changed, and is then asked *what* is true: so events may come twice, in
any order, or not at all. (partner-api §2.8, §4.1, §6)
"""
