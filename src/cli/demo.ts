#!/usr/bin/env node
import { saddlepoint } from './program.ts'

process.exitCode = await saddlepoint(['demo', ...process.argv.slice(2)], { out: process.stdout, err: process.stderr })
