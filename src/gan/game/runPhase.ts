import { tensorsLike, tensorsOf } from '../../transform/staged.ts'
import type { Game, Phase } from './phase.ts'
import type { Position } from './position.ts'

/**
 * Runs a phase of a rule, which has to leave all that players carry, and its own memory, in the form that it was.
 *
 * @throws InvalidTree or ShapeMisfit where it does not; whatever it throws itself
 */
export const runPhase = (
  rule: string,
  { run }: Phase,
  game: Game,
  position: Position,
  memory: unknown
): readonly [Position, unknown] => {
  const [after, remembered] = run(game, position, memory)
  const formOf = ({ players, memories }: Position, own: unknown): readonly unknown[] => [players, memories, own]
  tensorsLike(
    tensorsOf(formOf(position, memory), rule),
    formOf(after, remembered),
    ['players, memories of terms and of the phase', 'those before it'],
    `the update rule ${rule}`
  )
  return [after, remembered]
}
