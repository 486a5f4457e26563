"""The words of the watch list that are no fields: what else an opening may wait for."""

#: Something was closed. Steps that come ``after`` others wait for that.
CLOSED = ":closed"

#: Before a message's name: whoever waits for it.
MESSAGE = ":message "
