import type { Command } from 'commander'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { writeAtomically } from '../../io/files.ts'
import { pictureOf } from '../../run/picture.ts'
import { realOf } from '../../run/data.ts'
import { showCount } from '../../io/numbers.ts'
import type { Cli, Failure, Work } from '../cli.ts'
import { aligned, ofFile, ofIssues, say } from '../cli.ts'
import { openDataset } from '../../data/openDataset.ts'
import { openOptionsIn } from '../spec/openNamed.ts'

interface Words {
  readonly out: string
  readonly size?: string
  readonly channels?: string
  readonly json?: boolean
}

const looked = (name: string, words: Words, cli: Cli): Work =>
  pipe(
    TE.fromEither(openOptionsIn(words)),
    TE.chain((options) => TE.mapLeft(ofFile)(openDataset(name, options))),
    TE.bindTo('data'),
    TE.bind('real', ({ data }) => TE.mapLeft(ofIssues)(realOf(data, data.shape.length === 3 ? 64 : 500, 0))),
    TE.bind('picture', ({ data, real }) =>
      real === undefined
        ? TE.right<Failure, Uint8Array | undefined>(undefined)
        : TE.mapLeft(ofFile)(
            pictureOf(real, {
              title: data.name,
              real: undefined,
              modes: data.modes
            })
          )
    ),
    TE.chainFirst(({ picture }) =>
      picture === undefined ? TE.right(undefined) : TE.mapLeft(ofFile)(writeAtomically(words.out, picture))
    ),
    TE.map(({ data: { name: title, shape, rows, classes }, picture }) => {
      const record = {
        name: title,
        shape,
        rows: rows ?? null,
        classes: classes ?? null,
        picture: picture === undefined ? null : words.out
      }
      const lines = [
        ['name', title],
        ['sample', `[${shape.join(', ')}]`],
        ['rows', rows === undefined ? 'drawn, without end' : showCount(rows)],
        ...(classes === undefined
          ? []
          : [
              [
                'classes',
                `${String(classes.length)}: ${classes.slice(0, 12).join(', ')}${classes.length > 12 ? ', ...' : ''}`
              ] as const
            ]),
        ...(picture === undefined ? [] : [['picture', words.out] as const])
      ] as const
      say(cli, words.json, record, aligned(lines))
    })
  )

export const data = (program: Command, cli: Cli): void => {
  program
    .command('data')
    .summary('look at data')
    .description('Says what data are, and draws some of them.')
    .argument('<name>', 'a folder or file, or shapes, ring, grid, swissroll, dirac')
    .option('--size <n>', 'pixels along each side, of drawn shapes or of pictures in files')
    .option('--channels <n>', '1 or 3')
    .option('--out <file>', 'the picture', 'data.png')
    .option('--json', 'writes JSON')
    .action((name: string, words: Words) => cli.finish(looked(name, words, cli)))
}
