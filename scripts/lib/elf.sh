# shellcheck shell=bash
# Reads what machine a binary is for.

# elf_architecture FILE: x86_64 or arm64, from the ELF header (e_machine, two bytes at 18, little endian).
elf_architecture() {
    local header
    header=$(od -An -v -tx1 -N20 "$1" | tr -d ' \n')
    case $header in
        7f454c460201*3e00) echo x86_64 ;;
        7f454c460201*b700) echo arm64 ;;
        7f454c46*) echo "error: $1 is a binary for another machine than x86_64 and arm64" >&2; return 1 ;;
        *) echo "error: $1 is no Linux binary" >&2; return 1 ;;
    esac
}
