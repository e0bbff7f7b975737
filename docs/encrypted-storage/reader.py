#!/usr/bin/env python3
"""Reads the files of an encrypted storage of Lockport without Lockport, as docs/encrypted-storage.md describes them.

    reader.py --key KEYFILE [--key KEYFILE ...] cat FILE > CONTENT
    reader.py --key KEYFILE [--names-key KEYFILE] extract DIRECTORY TARGET

A key file holds 32 bytes, as they are, as 64 hexadecimal digits, or in base64. Needs Python 3.8 and the module cryptography
(Debian: python3-cryptography). It writes nothing that it has not authenticated, and ends with status 1 where a file does not hold.
"""

import argparse
import base64
import hmac
import os
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HEADER, SLOT, CHUNK = 512, 256, 65536
NONCE, TAG, SET = 12, 16, 16
MAGIC = b"LPCRYPT1"
MIDDLE, LAST = 0, 1


class Damaged(Exception):
    """The file is not as it was written, or its key is not there."""


def derived(key, salt, purpose, length=32):
    """HKDF (RFC 5869) with SHA-256; no output here is longer than one hash."""
    extracted = hmac.digest(salt or bytes(32), key, "sha256")
    info = b"lockport encrypted storage v1: " + purpose.encode()
    return hmac.digest(extracted, info + b"\x01", "sha256")[:length]


def file_key(header, keys):
    """The key of the file, by the latest slot that one of the keys opens."""
    by_id = {derived(key, b"", "key id", 16): key for key in keys}
    slots = [header[at : at + SLOT] for at in (0, SLOT)]
    slots = [slot for slot in slots if slot[:8] == MAGIC]
    if not slots:
        raise Damaged("does not begin as an encrypted file does")
    for slot in sorted(slots, key=lambda slot: slot[8:12], reverse=True):
        key = by_id.get(slot[16:32])
        if key is None:
            continue
        try:
            wrapping = AESGCM(derived(key, slot[32:64], "wrapping"))
            return wrapping.decrypt(bytes(NONCE), slot[64:112], slot[:64])
        except InvalidTag:
            continue
    ids = ", ".join(slot[16:32].hex() for slot in slots)
    raise Damaged(f"none of the keys opens it; it was made with the key of the id {ids}")


def chunks(stream, size, keys):
    """Gives the content of a stored file of so many bytes, chunk by chunk, each authenticated."""
    key = file_key(stream.read(HEADER), keys)
    seal = AESGCM(derived(key, b"", "chunks"))
    marks = Cipher(algorithms.AES(derived(key, b"", "chunk set")), modes.ECB()).encryptor()
    expected = 0
    body = size - HEADER
    count = max(1, -(-(body - SET) // (CHUNK + NONCE + TAG)))
    for index in range(count):
        is_last = index == count - 1
        sealed = stream.read(-1 if is_last else CHUNK + NONCE + TAG)
        nonce = sealed[:NONCE]
        try:
            content = seal.decrypt(nonce, sealed[NONCE:], struct.pack(">IB", index, LAST if is_last else MIDDLE))
        except (InvalidTag, ValueError):
            raise Damaged(f"its chunk {index} does not hold") from None
        if not is_last:
            expected ^= int.from_bytes(marks.update(struct.pack(">I", index) + nonce), "big")
        elif int.from_bytes(content[-SET:], "big") != expected:
            raise Damaged("its chunks are of different versions of it")
        yield content[:-SET] if is_last else content


def plain_name(stored, names_key):
    """The name of a file whose name is encrypted; None for a name that is none of the storage."""
    try:
        sealed = base64.b64decode(stored + "=" * (-len(stored) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    iv, text = sealed[:16], sealed[16:]
    key = derived(names_key, b"", "names, encryption")
    name = Cipher(algorithms.AES(key), modes.CTR(iv)).decryptor().update(text) if text else b""
    proof = hmac.digest(derived(names_key, b"", "names, authentication"), name, "sha256")[:16]
    return os.fsdecode(name) if name and hmac.compare_digest(proof, iv) else None


def read_key(path):
    with open(path, "rb") as file:
        raw = file.read(4097)
    if len(raw) == 32:
        return raw
    text = raw.decode("ascii").strip()
    key = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text + "=" * (-len(text) % 4))
    if len(key) != 32:
        raise SystemExit(f"{path} holds no key of 32 bytes")
    return key


def copy(source, target, keys):
    with open(source, "rb") as stream:
        for content in chunks(stream, os.fstat(stream.fileno()).st_size, keys):
            target.write(content)


def extract(source, target, keys, names_key):
    """Copies a tree; gives how many files of it do not hold. Links are left out."""
    failed = 0
    os.makedirs(target, exist_ok=True)
    for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
        name = plain_name(entry.name, names_key) if names_key else entry.name
        if entry.is_symlink() or entry.name.startswith(".lockport-") or name is None or "/" in name or name in (".", ".."):
            continue
        path = os.path.join(target, name)
        if entry.is_dir():
            failed += extract(entry.path, path, keys, names_key)
            continue
        try:
            with open(path + ".part", "xb") as output:
                copy(entry.path, output, keys)
            os.replace(path + ".part", path)
        except Damaged as error:
            os.unlink(path + ".part")
            print(f"{path}: {error}", file=sys.stderr)
            failed += 1
    return failed


def main():
    parser = argparse.ArgumentParser(description="Reads the files of an encrypted storage of Lockport.")
    parser.add_argument("--key", action="append", required=True, metavar="KEYFILE")
    parser.add_argument("--names-key", metavar="KEYFILE")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("cat").add_argument("file")
    extracting = verbs.add_parser("extract")
    extracting.add_argument("source")
    extracting.add_argument("target")
    options = parser.parse_args()
    keys = [read_key(path) for path in options.key]
    try:
        if options.verb == "cat":
            copy(options.file, sys.stdout.buffer, keys)
        elif extract(options.source, options.target, keys, options.names_key and read_key(options.names_key)):
            return 1
    except Damaged as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
