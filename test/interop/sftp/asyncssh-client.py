"""Copies trees and many files at once with asyncssh: port user password directory, which has the tree `up`."""

import asyncio
import pathlib
import sys

import asyncssh

port, user, password, directory = sys.argv[1:]
local = pathlib.Path(directory)


async def main():
    signing_in = {"username": user, "password": password, "known_hosts": None, "client_keys": None, "agent_path": None}
    async with asyncssh.connect("127.0.0.1", int(port), config=None, **signing_in) as client:
        async with client.start_sftp_client() as sftp:
            await sftp.put(str(local / "up"), "up", recurse=True, preserve=True)
            await sftp.get("up", str(local / "back"), recurse=True, preserve=True)
            print("glob", *sorted(await sftp.glob("up/[be]*")))
            await asyncio.gather(*[sftp.put(str(local / "up/some"), f"many-{index}") for index in range(20)])
            print("many", len(await sftp.glob("many-*")))
            async with sftp.open("new", "wb+") as file:
                await file.write(b"0123456789")
                await file.seek(2)
                print("read", (await file.read(3)).decode())
                await file.truncate(5)
                print("length", (await file.stat()).size)
            await sftp.posix_rename("new", "many-0")
            print("room", (await sftp.statvfs("/")).blocks > 0)
            await sftp.rmtree("up")
            print("left", await sftp.exists("up"), await sftp.getcwd())


asyncio.run(main())
