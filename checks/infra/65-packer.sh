#!/usr/bin/env bash
# The image: packer fmt and validate where Packer is; else the files are at least parsed, and what they refer to is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

python3 - <<'PYTHON'
import pathlib, re, sys

texts = {path: path.read_text() for path in pathlib.Path("ami").glob("*.pkr.hcl")}
text = "\n".join(texts.values())
declared = set(re.findall(r'^variable "(\w+)"', text, re.M))
used = set(re.findall(r"\bvar\.(\w+)", text))
problems = [f"var.{name} is used and not declared" for name in used - declared]
problems += [f"variable {name} is not used" for name in declared - used]
needed = {
    name for name, body in re.findall(r'^variable "(\w+)" \{(.*?)^\}', text, re.M | re.S) if not re.search(r"^\s+default\s", body, re.M)
}
given = set(re.findall(r'-var "(\w+)=', pathlib.Path("scripts/build-image").read_text()))
problems += [f"scripts/build-image does not give {name}" for name in needed - given]
problems += [f"scripts/build-image gives {name}, which no variable takes" for name in given - declared]
locals_ = set(re.findall(r"\blocal\.(\w+)", text))
problems += [f"local.{name} is not there" for name in locals_ if not re.search(rf"^  {name}\s+=", text, re.M)]
problems += [f"{name} is not there" for name in re.findall(r'\$\{path\.root\}/((?:scripts|files)/[\w./-]*)', text) if not pathlib.Path("ami", name).exists()]
problems += [f"{script} is not run" for script in map(str, pathlib.Path("ami/scripts").iterdir()) if script.split("/", 1)[1] not in text]
for each in ("run_tags", "run_volume_tags", "tags", "snapshot_tags"):
    if not re.search(rf"^  {each}\s+= local\.tags$", text, re.M):
        problems.append(f"{each} are not local.tags: IAM refuses what has not the builder's, and nobody finds what has not their own")
if not re.search(r"^  tags = merge\(var\.tags, \{$", text, re.M):
    problems.append("local.tags do not begin with var.tags, or let those replace the builder's")
print("\n".join(problems) or f"{len(texts)} files, {len(declared)} variables, all fit")
sys.exit(bool(problems))
PYTHON

if command -v packer >/dev/null && packer version | grep -qE 'v1\.(1[4-9]|[2-9][0-9])'; then
    packer fmt -check -diff ami
    packer init ami >/dev/null || { echo "NOT CHECKED: packer validate, the plugin could not be had"; exit 0; }
    arguments=()
    for name in region deployment architecture subnet_id security_group_id associate_public_ip key_name private_key_file \
        runner_version runner_sha256; do
        case $name in
            architecture) value=x86_64 ;;
            associate_public_ip) value=true ;;
            region) value=eu-west-1 ;;
            private_key_file) value=/dev/null ;;
            *) value=x ;;
        esac
        arguments+=(-var "$name=$value")
    done
    packer validate -syntax-only "${arguments[@]}" ami
    exit 0
fi

. checks/infra/terraform/prepare.sh
if (fetch_node_packages); then
    FILES=$(echo ami/*.pkr.hcl) node -e '
        const { parse } = require("@cdktf/hcl2json");
        const { readFileSync } = require("fs");
        (async () => {
          for (const file of process.env.FILES.split(" ")) await parse(file, readFileSync(file, "utf8"));
          const wrong = await parse("wrong.hcl", "a {").then(() => true, () => false);
          if (wrong) throw new Error("the parser finds nothing wrong with a wrong file");
          console.log("parsed as HCL");
        })().catch((error) => { console.error(String(error)); process.exit(1); });'
else
    echo "NOT CHECKED: that ami/ is HCL, for want of what parses it"
fi
echo "NOT CHECKED: packer fmt and packer validate (no Packer from 1.14 on here), and an image that is built"
