#!/usr/bin/env node
import { demo } from './demoCommand.ts'

const usage = `saddlepoint: composable functional autodiff for GANs

  saddlepoint demo [options]    train a GAN and see its samples (demo --help)
`

const [command, ...rest] = process.argv.slice(2)
if (command === 'demo') process.exitCode = await demo(rest)
else if (command === undefined || command === '--help' || command === '-h') process.stdout.write(usage)
else {
  process.stderr.write(`unknown command '${command}'\n\n${usage}`)
  process.exitCode = 2
}
