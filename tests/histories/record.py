"""Write the golden histories that are not there yet; one that is there is left alone, whatever the story says now."""

import json
from pathlib import Path

from stories import STORIES, TEXTS
from story import Story

from sopflow.engine import FORMAT, event_to_json, state_to_json

HERE = Path(__file__).parent


def recorded(about: str, story: Story) -> str:
    """The history of a story, as JSON text."""
    body = {
        "about": about,
        "format": FORMAT,
        "programs": {name: TEXTS[name] for name in story.programs},
        "events": [event_to_json(event) for event in story.history],
        "state": state_to_json(story.state),
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Record what is missing."""
    for make in STORIES:
        file = HERE / f"{make.__name__.replace('_', '-')}.json"
        if not file.exists():
            file.write_text(recorded(make.__doc__ or "", make()), encoding="utf-8")
            print(f"recorded {file.name}")  # noqa: T201  # it is a command


if __name__ == "__main__":
    main()
