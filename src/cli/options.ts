import * as E from '#fp-ts/Either'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'

/** What `saddlepoint demo` is told. */
export interface DemoOptions {
  readonly data: 'ring' | 'grid' | 'swissroll' | 'dirac' | { readonly directory: string }
  readonly net: 'mlp' | 'dcgan'
  readonly steps: number | undefined
  readonly seed: number
  readonly engine: string
  readonly out: string
}

/** A command line that cannot be carried out: what to print, and the exit status. */
export interface UsageProblem {
  readonly message: string
  readonly status: number
}

const toys = ['ring', 'grid', 'swissroll', 'dirac'] as const

const dataOf = (value: string): DemoOptions['data'] => {
  if (value.startsWith('idx:') && value.length > 4) return { directory: value.slice(4) }
  const toy = toys.find((name) => name === value)
  // Commander's own error is how a parser of its says no; it becomes a UsageProblem below.
  return toy ?? refuse(`Give one of ${toys.join(', ')}, or idx:DIR for a directory of IDX files.`)
}

const refuse = (message: string): never => {
  throw new InvalidArgumentError(message)
}

const integer =
  (least: number) =>
  (value: string): number =>
    /^\d+$/.test(value) && Number(value) >= least && Number.isSafeInteger(Number(value))
      ? Number(value)
      : refuse(`Give a whole number of at least ${String(least)}.`)

interface Parsed {
  readonly data: DemoOptions['data']
  readonly net: 'mlp' | 'dcgan'
  readonly steps?: number
  readonly seed: number
  readonly engine: string
  readonly mode?: string
  readonly out: string
}

const demoCommand = (name: string): Command =>
  new Command(name)
    .description('Train a GAN and see its samples: a PNG, a report.html and metrics.json in --out.')
    .addOption(
      new Option('--data <what>', 'ring | grid | swissroll | dirac | idx:DIR (a directory of IDX image files)')
        .argParser(dataOf)
        .default('ring')
    )
    .addOption(new Option('--net <net>', 'networks for images').choices(['mlp', 'dcgan']).default('dcgan'))
    .addOption(new Option('--steps <n>', 'training steps (default: by data)').argParser(integer(1)))
    .addOption(new Option('--seed <n>', 'seed of initialization and of all draws').argParser(integer(0)).default(0))
    .addOption(new Option('--engine <name>', 'auto | wasm | reference | gpu (with --mode)').default('auto'))
    .addOption(new Option('--mode <mode>', 'mode of --engine gpu').choices(['webasm', 'cpu']))
    .addOption(new Option('--out <dir>', 'where the results go').default('out/demo'))
    .allowExcessArguments(false)
    .exitOverride()

/** The options of `demo`, or what to print instead. `-h` is a problem of status 0. */
export const parseDemo = (args: readonly string[]): E.Either<UsageProblem, DemoOptions> => {
  let text = ''
  const collect = (line: string): void => {
    text += line
  }
  const command = demoCommand('saddlepoint demo').configureOutput({ writeOut: collect, writeErr: collect })
  try {
    const { engine, mode, ...parsed } = command.parse(args, { from: 'user' }).opts<Parsed>()
    return E.right({
      data: parsed.data,
      net: parsed.net,
      steps: parsed.steps,
      seed: parsed.seed,
      out: parsed.out,
      engine: engine === 'gpu' ? `gpu:${mode ?? 'webasm'}` : engine
    })
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause
    return E.left({ message: text.trim(), status: cause.exitCode === 0 ? 0 : 2 })
  }
}
