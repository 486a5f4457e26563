"""The rules of the house, one file each, in the order in which they are shown.

A file holds the rule's reason, a definition that keeps to it, one that does not, and the check. Each rule stands
alone: it knows the subject and the tools of the room above, and no other rule.
"""

from sopflow.analysis._rule import Rule
from sopflow.analysis.rulebook import (
    asking_again_can_change_something,
    branches_meet_at_their_block,
    branches_write_apart,
    enough_people_may_do_it,
    every_called_sop_is_sound,
    every_loop_waits,
    every_question_can_be_answered,
    every_role_is_used,
    every_step_can_finish,
    every_step_is_reached,
    every_text_has_every_language,
    four_eyes_can_be_met,
    handlers_beside_stay,
    late_branches_stay,
    no_fall_into_a_branch,
)

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    every_step_is_reached.RULE,
    every_step_can_finish.RULE,
    every_loop_waits.RULE,
    no_fall_into_a_branch.RULE,
    branches_meet_at_their_block.RULE,
    late_branches_stay.RULE,
    handlers_beside_stay.RULE,
    every_question_can_be_answered.RULE,
    asking_again_can_change_something.RULE,
    branches_write_apart.RULE,
    every_called_sop_is_sound.RULE,
    every_text_has_every_language.RULE,
    every_role_is_used.RULE,
    four_eyes_can_be_met.RULE,
    enough_people_may_do_it.RULE,
)
