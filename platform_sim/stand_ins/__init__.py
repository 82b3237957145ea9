"""Stand-ins, in process: a customer who asks a platform's doors without a socket, a partner that answers as it is told,
an application that is called as one; and what is left over between platform and partner.

For `testing` and `scenarios`, which know each other one way only. Knows no platform: whoever has one gives its doors.
"""
