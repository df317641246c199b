"""`pause` and `resume`: the parameter by which nothing is launched."""

from . import function, machine
from .problem import Problem
from .store import Store
from .values import check_paused

SEEN = "The function sees it within 5 minutes."
WORDS = {
    "true": "PAUSED: no instance is launched. Jobs wait at GitHub, for up to 24 h; running jobs go on, instances still end, the sweep cleans.",
    "false": "RUNNING: instances are launched. The sweep launches for the jobs that wait, the oldest first.",
}


class Switch:
    """A command that sets the parameter."""

    def __init__(self, value):
        self.value = value

    @staticmethod
    def add_arguments(parser):
        parser.add_argument("--show", action="store_true", help="say the state and change nothing")
        machine.add_argument(parser)

    def run(self, deployment, arguments):
        with machine.result(deployment, arguments) as result:
            return self.switch(deployment, arguments, result)

    def switch(self, deployment, arguments, result):
        deployment.say_identity()
        # A variable of the function wins over the parameter.
        fixed = function.variables(function.configuration(deployment)).get("MAYFLY_PAUSED")
        store = Store(deployment.parameters, deployment.key, deployment.client("ssm"))
        before = store.there.get("paused", "false")
        now = {"true": True, "false": False}.get(fixed or before)
        result.update(paused=now, changed=False, fixedByVariable=bool(fixed))
        if arguments.show:
            print(WORDS.get(fixed or before, f"The parameter paused is {before}, which is neither true nor false: make resume"))
            return 0
        if fixed and fixed != self.value:
            raise Problem(f"the function's variable MAYFLY_PAUSED is {fixed}, and wins over the parameter: take it away first. Nothing was written")
        check_paused(self.value)
        if before == self.value:
            print(f"{WORDS[self.value]} It was so already.")
            return 0
        store.put("paused", self.value)
        result.update(paused=self.value == "true" if not fixed else now, changed=True)
        print(f"{WORDS[self.value]} {SEEN}")
        return 0


PAUSE, RESUME = Switch("true"), Switch("false")
