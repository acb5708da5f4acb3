import type { Rule } from '../../../tensor/options.ts'

/** Steps of a critic are written out in the program of a cycle, and a derivative through others keeps something of each. */
export const fewSteps: Rule = {
  expected: 'a whole number from 1 to 1000',
  accepts: (x) => Number.isInteger(x) && (x as number) >= 1 && (x as number) <= 1000
}

export const aPlayer: Rule = {
  expected: 'the name of a player',
  accepts: (x) => typeof x === 'string'
}

export const somePlayers: Rule = {
  expected: 'a list of names of players, each once',
  accepts: (x) => Array.isArray(x) && x.length > 0 && x.every(aPlayer.accepts) && new Set(x).size === x.length
}
