import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import type { TrainWords } from './train.ts'
import { trainBy, withTrainOptions } from './train.ts'

export const demo = (program: Command, cli: Cli): void => {
  withTrainOptions(
    program
      .command('demo')
      .summary('train a GAN and see its samples')
      .description(
        'Trains on a ring of eight Gaussians, or on other data, always from the beginning: as `train ring --anew` does.'
      )
  )
    .option('--out <folder>', 'where the results go', 'out/demo')
    .action((words: TrainWords) => cli.finish(trainBy('ring', { ...words, anew: true }, cli)))
}
