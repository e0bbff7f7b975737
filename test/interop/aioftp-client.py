"""Moves a tree up and down with aioftp, and lists it: host port cafile version user password directory."""

import asyncio
import pathlib
import ssl
import sys

import aioftp

host, port, cafile, version, user, password, directory = sys.argv[1:]
local = pathlib.Path(directory)
context = ssl.create_default_context(cafile=cafile)
context.minimum_version = context.maximum_version = ssl.TLSVersion[version]


async def main():
    # With `ssl` it speaks implicit mode, and shakes hands on a data connection before it sends the command.
    async with aioftp.Client.context(host, int(port), user, password, ssl=context) as client:
        await client.upload(local / "up")
        await client.download("up", local / "back", write_into=True)
        for command in ("MLSD", "LIST"):
            listed = await client.list("up", recursive=True, raw_command=command)
            print(command, *sorted(f"{path}:{facts['size']}" for path, facts in listed if facts["type"] == "file"))
        async with client.append_stream("up/some") as stream:
            await stream.write(b" and more")
        async with client.download_stream("up/some", offset=199_998) as stream:
            print((await stream.read()).hex())


asyncio.run(main())
