"""Other people's engines, each in the form that is quickest for it: no features that the work does not ask for.

None of them checks who does a step or what type data have, as nobody asked them to; where that makes a difference, it
is in their favour. They keep the record that the hook keeps.
"""
