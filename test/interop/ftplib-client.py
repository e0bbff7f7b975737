"""Moves one file up and down with the standard library, and prints what came back: host port cafile user password file."""

import ftplib
import io
import ssl
import sys

host, port, cafile, user, password, path = sys.argv[1:]
context = ssl.create_default_context(cafile=cafile)
with ftplib.FTP_TLS(context=context) as ftp:
    ftp.connect(host, int(port))
    ftp.login(user, password)
    ftp.prot_p()
    ftp.mkd("python dir")
    ftp.cwd("python dir")
    with open(path, "rb") as file:
        ftp.storbinary("STOR größe 1.bin", file)
    size = ftp.size("größe 1.bin")
    with open(path, "rb") as file:
        file.seek(size // 2)
        ftp.storbinary("STOR größe 1.bin", file, rest=size // 2)
    names = [name for name, facts in ftp.mlsd() if facts["type"] == "file"]
    assert names == ["größe 1.bin"] == ftp.nlst(), names
    back = io.BytesIO()
    ftp.retrbinary("RETR größe 1.bin", back.write)
    ftp.rename("größe 1.bin", "renamed")
    ftp.delete("renamed")
    ftp.cwd("..")
    ftp.rmd("python dir")
    ftp.quit()
sys.stdout.buffer.write(back.getvalue())
