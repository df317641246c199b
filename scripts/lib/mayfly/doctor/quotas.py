"""The account's quotas of vCPUs: what is in use now, and what all pools together may take."""

from ..table import count
from .pool import QUOTAS, kind_of, markets_of

AREA = "quotas"
# From so much of a quota on the next burst meets it.
NEARLY = 0.8


def look(findings, ec2, pools):
    wanted, smallest = needs(findings, ec2, pools)
    if not wanted:
        return
    with findings.looking(AREA, "how many vCPUs are in use"):
        used, own, whole = in_use(ec2)
        for kind, market in sorted(wanted):
            with findings.looking(AREA, f"{market} {QUOTAS[kind][2]} instances"):
                on_demand, spot, name = QUOTAS[kind]
                limit = int(ec2.quota(spot if market == "spot" else on_demand))
                judge(findings, f"{market} {name}", limit, (used.get((kind, market), 0), own.get((kind, market), 0), whole), wanted[kind, market], smallest[kind, market])


def needs(findings, ec2, pools):
    """By kind of instance and market: what each pool may take, and what the smallest type of all takes. A pool takes either market, so each is counted whole."""
    wanted, smallest = {}, {}
    for pool in pools:
        with findings.looking(AREA, f"what pool {pool['name']} may take"):
            types = [(name, found["VCpuInfo"]["DefaultVCpus"]) for name in pool["instanceTypes"] if (found := ec2.instance_type(name))]
            for kind in {kind_of(name) for name, _ in types} - {None}:
                sizes = [size for name, size in types if kind_of(name) == kind]
                for market in markets_of(pool):
                    wanted.setdefault((kind, market), {})[pool["name"]] = max(sizes) * pool.get("maxRunners", 20)
                    smallest[kind, market] = min(min(sizes), smallest.get((kind, market), max(sizes)))
    return wanted, smallest


def in_use(ec2):
    """vCPUs by kind and market, of all and of ours; whether all were seen."""
    used, own = {}, {}
    instances, whole = ec2.instances()
    for each in instances:
        kind = kind_of(each["type"])
        if kind is None or each["state"] not in ("pending", "running"):
            continue
        key = (kind, "spot" if each["market"] == "spot" else "on-demand")
        size = each["vcpus"] or ec2.instance_type(each["type"])["VCpuInfo"]["DefaultVCpus"]
        used[key] = used.get(key, 0) + size
        if each["deployment"] == ec2.deployment.name:
            own[key] = own.get(key, 0) + size
    return used, own, whole


def judge(findings, name, limit, now, wanted, smallest):
    used, own, whole = now
    said = f"{name} instances: {'' if whole else 'at least '}{used} of {limit} vCPUs are in use now, {own} of them by this deployment"
    cure = f"ask AWS for more: Service Quotas, Amazon EC2, {name}"
    total = sum(wanted.values())
    if used + smallest > limit >= smallest:
        findings.warning(AREA, f"{said}: nothing more can be launched", f"{cure}; or end what else of the account runs there")
    elif used >= NEARLY * limit and limit >= smallest:
        findings.warning(AREA, f"{said}: the next burst meets the quota", cure)
    elif len(wanted) > 1 and total > limit:
        findings.warning(AREA, f"{said}; the {count(len(wanted), 'pool')} together may take {total} ({', '.join(f'{pool} {number}' for pool, number in sorted(wanted.items()))})", f"{cure}, or lower maxRunners")
    else:
        findings.ok(AREA, f"{said}; {'the pool' if len(wanted) == 1 else 'the pools together'} may take {total}")
