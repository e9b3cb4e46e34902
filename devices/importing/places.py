"""Villages and clusters that rows of sites name: found where they are known, made where they are not."""

from collections import defaultdict

from devices.importing.rows import Row
from devices.sites import Cluster, Registry, Village, is_id
from devices.vietnamese import fold


class Places:
    """Finds or makes what rows name; `villages` and `clusters` hold, by id, what had to be made."""

    def __init__(self, known: Registry) -> None:
        self._known = known
        self._villages_named: defaultdict[str, list[Village]] = defaultdict(list)
        for village in known.villages.values():
            self._villages_named[fold(village.name)].append(village)
        self._clusters_named = {fold(cluster.name): cluster.id for cluster in known.clusters.values()}
        self.villages: dict[str, Village] = {}
        self.clusters: dict[str, Cluster] = {}

    def village_id(self, row: Row) -> str:
        """The id of the village in a row's `village` cell; empty where the cell is."""
        cluster_id = self._cluster_id(row)
        text = row.text("village")
        if not text or text in self._known.villages:
            return text
        named = [
            village.id
            for village in self._villages_named[fold(text)]
            if not cluster_id or village.cluster_id in ("", cluster_id)
        ]
        if len(named) > 1:
            row.refuse(
                "village", f"{text!r} may be {' or '.join(named)}", "Write the id of the one that is meant"
            )
        return named[0] if named else self._make_village(row, text, cluster_id)

    def _make_village(self, row: Row, text: str, cluster_id: str) -> str:
        new_id = _new_id(row, "village", text)
        there = self.villages.get(new_id) or self._known.villages.get(new_id)
        if there is not None:
            if not cluster_id or there.cluster_id == cluster_id:
                return new_id
            # The same name in another cluster: both keep it, the later one's id says which it is.
            new_id = f"{cluster_id}-{new_id}"[:64]
            if new_id in self.villages or new_id in self._known.villages:
                return new_id
        village = Village(new_id, row.text("village_name") or text, cluster_id)
        self.villages[new_id] = village
        self._villages_named[fold(village.name)].append(village)
        return new_id

    def _cluster_id(self, row: Row) -> str:
        text = row.text("cluster")
        if not text or text in self._known.clusters:
            return text
        named = self._clusters_named.get(fold(text))
        if named is not None:
            return named
        new_id = _new_id(row, "cluster", text)
        if new_id not in self.clusters:
            cluster = self.clusters[new_id] = Cluster(new_id, row.text("cluster_name") or text)
            self._clusters_named.setdefault(fold(cluster.name), new_id)
        return new_id


def _new_id(row: Row, column: str, text: str) -> str:
    """An id for a new place: the text itself where it is one, else its letters and digits without marks."""
    if is_id(text) and (text.islower() or row.text(f"{column}_name")):
        return text
    plain = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in fold(text))
    slug = "-".join(plain.split())[:64]
    if not slug:
        row.refuse(column, f"{text[:80]!r} holds no letter or digit", "Write the name or the id")
    return slug
