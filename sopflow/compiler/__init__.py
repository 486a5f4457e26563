"""The compiler: an SOP becomes a program, and a program a typed graph.

It knows models, expressions and time phrases; it runs nothing. What is wrong with a definition comes back as
findings with places, all at once.
"""

from sopflow.compiler._circles import circles
from sopflow.compiler._graph import EdgeData, NodeData, graph
from sopflow.compiler._index import Index, Node
from sopflow.compiler._link import Compiled, Find, lower
from sopflow.compiler._names import type_of_field

__all__ = ["Compiled", "EdgeData", "Find", "Index", "Node", "NodeData", "circles", "graph", "lower", "type_of_field"]
