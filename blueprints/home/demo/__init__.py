"""The demonstration: 青禾办公设备有限公司 and some 400 customers, all invented, the same on any one day.

Phones have four zeros in the middle or behind the area code, mail addresses end in .example: nobody has them.
"""
