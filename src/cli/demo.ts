#!/usr/bin/env node
import { demo } from './demoCommand.ts'

process.exitCode = await demo(process.argv.slice(2))
