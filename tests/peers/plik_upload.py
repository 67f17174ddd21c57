"""Uploads as NATSBridge's Python peers do, with the real requests library, and downloads again.

Arguments: base URL, oneShot as true or false, file names. Reads the content of all files from standard input, prints one
JSON line per file: what the server said, the status of two downloads, and whether the bytes were the same.
"""

import hashlib
import json
import sys
import urllib.parse

import requests


def main():
    base, one_shot, names = sys.argv[1], sys.argv[2] == "true", sys.argv[3:]
    content = sys.stdin.buffer.read()
    for name in names:
        opened = requests.post(
            f"{base}/upload",
            headers={"Content-Type": "application/json"},
            data=json.dumps({"oneShot": one_shot}),
            timeout=30,
        )
        opened.raise_for_status()
        upload = opened.json()
        added = requests.post(
            f"{base}/file/{upload['id']}",
            headers={"X-UploadToken": upload["uploadToken"]},
            files={"file": (name, content, "application/octet-stream")},
            timeout=30,
        )
        added.raise_for_status()
        file = added.json()
        url = f"{base}/file/{upload['id']}/{file['id']}/{urllib.parse.quote(name, safe='')}"
        head = requests.head(url, timeout=30)
        first = requests.get(url, timeout=30)
        second = requests.get(url, timeout=30)
        print(
            json.dumps(
                {
                    "url": url,
                    "name": file["fileName"],
                    "size": file["fileSize"],
                    "md5_is_right": file["fileMd5"] == hashlib.md5(content).hexdigest(),
                    "head": head.status_code,
                    "first": first.status_code,
                    "same": first.content == content,
                    "second": second.status_code,
                }
            )
        )


main()
