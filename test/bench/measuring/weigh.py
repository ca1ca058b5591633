#!/usr/bin/env python3
"""Runs another Python program, and prints the most resident memory that it had, in bytes, as a last line of JSON.

  weigh.py PROGRAM [argument …]
"""
import json
import resource
import runpy
import sys

sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')
print(json.dumps({'peakBytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
