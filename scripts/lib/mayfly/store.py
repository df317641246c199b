"""Parameter Store, below the path of a deployment."""

from .values import PARAMETERS, PREVIOUS, STANDARD, WEBHOOK


class Store:
    def __init__(self, path, key, client):
        self.client = client
        # By parameter, what became of it.
        self.said = {}
        self.path, self.key = path, key
        names = [f"{path}/{name}" for name, _, _ in PARAMETERS] + [f"{path}/{PREVIOUS}"]
        found = self.client.get_parameters(Names=names, WithDecryption=True)["Parameters"]
        self.there = {parameter["Name"].rpartition("/")[2]: parameter["Value"] for parameter in found}

    def put(self, name, value):
        """Writes a value where it differs, and says what it did."""
        if self.there.get(name) == value:
            said = "unchanged"
        else:
            said = "updated" if name in self.there else "created"
            large = len(value.encode()) > STANDARD
            self.client.put_parameter(
                Name=f"{self.path}/{name}", Value=value, Type="SecureString", KeyId=self.key, Overwrite=True,
                # Advanced where the value is large, and where the parameter was so before: there is no way back.
                Tier="Intelligent-Tiering",
            )
            self.there[name] = value
            if large:
                said += " (over 4 KB, so an advanced parameter: $0.05 a month)"
        self.report(name, said)

    def forget(self, name):
        if name in self.there:
            self.client.delete_parameter(Name=f"{self.path}/{name}")
            del self.there[name]
            self.report(name, "deleted")

    def report(self, name, said):
        self.said[name] = said.partition(" ")[0].rstrip(",")
        print(f"{name:<32}{said}")


def write(store, values):
    """Writes what was given; the webhook secret before goes on being accepted."""
    for name, _, _ in PARAMETERS:
        if name not in values:
            if name in store.there:
                store.report(name, "kept, no file for it")
            continue
        current = store.there.get(WEBHOOK)
        if name == WEBHOOK and current is not None and current != values[name]:
            # First, so that at no moment GitHub's deliveries meet neither.
            store.put(PREVIOUS, current)
        store.put(name, values[name])
