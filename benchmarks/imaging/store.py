#!/usr/bin/env python3
"""Stores DICOM files on an Orthanc server of this machine: store.py ADDRESS CREDENTIALS DIRECTORY.

CREDENTIALS is a file with user:password. Waits up to a minute for the server to start.
"""

import base64
import http.client
import pathlib
import sys
import time
import urllib.parse


def main():
    address, credentials, directory = sys.argv[1:]
    secret = pathlib.Path(credentials).read_text().strip()
    headers = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    server = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=60)
    for _ in range(300):
        try:
            server.connect()
            break
        except OSError:
            time.sleep(0.2)
    else:
        sys.exit(f"{address} does not start; see the log beside its settings")
    files = sorted(pathlib.Path(directory).rglob("*.dcm"))
    for file in files:
        server.request("POST", "/instances", file.read_bytes(), headers)
        answer = server.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"{address} does not store {file}: status {answer.status}")
    print(f"stored {len(files)} files on {address}")


if __name__ == "__main__":
    main()
