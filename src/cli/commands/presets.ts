import type { Command } from 'commander'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { show } from '../../gan/game/show.ts'
import { specToJson } from '../../gan/json/specJson.ts'
import type { PresetName } from '../../gan/presets/preset.ts'
import { names, of } from '../../gan/presets/preset.ts'
import { nearestWord } from '../../tensor/nearestWord.ts'
import type { Cli, Work } from '../cli.ts'
import { misused, ofIssues } from '../cli.ts'
import { readSettings, withSettings } from '../spec/settings.ts'

interface Words {
  readonly json?: boolean
  readonly shape: string
  readonly set: readonly string[]
}

/** Shows one preset, or writes it as the JSON that `train` takes. */
const one = (name: string, { json, shape, set }: Words, cli: Cli): Work => {
  if (!(names as readonly string[]).includes(name)) {
    const meant = nearestWord(name, names)
    return TE.left(
      misused(`no preset is called '${name}'. ${meant === undefined ? names.join(', ') : `Did you mean ${meant}?`}`)
    )
  }
  const extents = shape === '' ? undefined : shape.split(',').map(Number)
  const spec = of(name as PresetName, extents === undefined ? {} : { shape: extents })
  return pipe(
    TE.fromEither(readSettings(set)),
    TE.chainEitherK((settings) => withSettings(spec, settings)),
    TE.chainEitherK((edited) =>
      json === true
        ? pipe(
            specToJson(edited),
            E.bimap(ofIssues, (text) => JSON.stringify(JSON.parse(text), null, 2))
          )
        : E.right(show(edited))
    ),
    TE.map((text) => void cli.out.write(`${text}\n`))
  )
}

export const presets = (program: Command, cli: Cli): void => {
  program
    .command('presets')
    .summary('list published GANs, or show one')
    .description(
      'Lists the presets; of one that is named, shows the spec, or by --json writes it as a file to change and to train.'
    )
    .argument('[name]')
    .option('--shape <extents>', 'of a sample: 2 for points of the plane, 1,28,28 for images', '')
    .option(
      '--set <path=value>',
      'changes the spec (may be repeated)',
      ((word: string, before: readonly string[]) => [...before, word]) as never,
      []
    )
    .option('--json', 'writes JSON')
    .action((name: string | undefined, words: Words) => {
      if (name !== undefined) return cli.finish(one(name, words, cli))
      cli.out.write(words.json === true ? `${JSON.stringify(names)}\n` : `${names.join('\n')}\n`)
      return undefined
    })
}
