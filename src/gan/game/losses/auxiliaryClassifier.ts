import { add } from '../../../ops/arithmetic.ts'
import { softmaxCrossEntropyWithLogits } from '../../../ops/crossEntropy.ts'
import { mean } from '../../../ops/reduction.ts'
import { broadcastTo, reshape } from '../../../ops/shaping.ts'
import type { None } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { count, notNegative, readOptions } from '../../../tensor/options.ts'
import type { Problem } from '../../../tensor/problem.ts'
import { equalShapes, range } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { showAval } from '../../../tensor/tensor.ts'
import type { Labels } from '../labels.ts'
import { classesIn } from '../labels.ts'
import type { Term } from '../objective.ts'
import { of, scale } from '../objective.ts'
import type { Play } from '../play.ts'
import { columns } from '../scores.ts'
import { nonSaturating } from './logistic.ts'
import type { Loss } from './loss.ts'
import { aLoss, isLoss, misfitsOf } from './loss.ts'

export interface AuxiliaryClassifierOptions {
  /** How many classes D tells apart, those of `Gan.withLabels`; one more where labels are dropped. */
  readonly classes: number
  /** Weight of the cross entropies, at least 0; 1 by default. */
  readonly weight?: number
  /** The game that the scores play; `nonSaturating` by default. */
  readonly loss?: Loss
}

const requireLabels = (of: string, labels: Tensor | undefined, batch: number): Tensor =>
  labels?.dtype === 'int32' && equalShapes(labels.shape, [batch])
    ? labels
    : fail('InvalidArgument', {
        op: 'auxiliaryClassifier',
        expected: `labels of ${of}, int32 [${String(batch)}]`,
        actual: labels === undefined ? 'none' : showAval(labels),
        hint: 'Gan.withLabels({ classes: 10 }), and batches of { real, labels }'
      })

/** Says how many classes are missing of those that labels tell apart. */
const tooFew = (classes: number, labels: Labels | undefined): readonly Problem[] => {
  const wanted = labels === undefined ? undefined : classesIn(labels)
  return wanted === undefined || classes === wanted
    ? []
    : [
        {
          path: ['loss', 'classes'],
          expected: `${String(wanted)} classes${wanted === labels?.classes ? '' : ', the last one of dropped labels'}`,
          actual: String(classes),
          hint: 'Gan.withLabels says how many classes there are'
        }
      ]
}

/** Computes E -log softmax(logits)[label] of logits [B, classes] or [B, classes, h, w] of patches. */
const crossEntropy = (of: string, logits: Tensor, given: Tensor | undefined): Tensor => {
  const [batch = 0, , ...patches] = logits.shape
  const labels = requireLabels(of, given, batch)
  const spread = broadcastTo(reshape(labels, [batch, ...range(patches.length).map(() => 1)]), [batch, ...patches])
  return mean(softmaxCrossEntropyWithLogits(logits, spread, { axis: 1 }))
}

/**
 * Lets D classify samples beside scoring them: D gives [B, 1 + classes], the score first, then logits. D is given no
 * labels itself: the generator is conditional, D's network is not. Penalties see the score alone. Samples are easy to
 * classify, and lose variety where there are many classes: a projection critic does not.
 *
 * @formula L_D + weight (CE(x) + CE(G(z))), L_G + weight CE(G(z)), CE the cross entropy of the labels, L of another
 * loss
 * @cost next to nothing
 * @when there are labels of few classes
 * @see Odena, Olah, Shlens, Conditional image synthesis with auxiliary classifier GANs (2017), equations 2 and 3
 *
 * @example
 * import { Gan, Loss, Net, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({
 *     generator: Net.serial(Net.appendLabels(3), Net.dense(11, 2)),
 *     discriminator: Net.serial(Net.dense(2, 64), Net.relu, Net.dense(64, 1 + 3)),
 *     prior: Prior.normal([8])
 *   }),
 *   Gan.withLabels({ classes: 3 }),
 *   Gan.withLoss(Loss.auxiliaryClassifier({ classes: 3, loss: Loss.hinge }))
 * )
 * spec.loss?.objectives.generator.map(({ name }) => name) // => ['hinge', 'auxiliaryClassifier']
 */
export const auxiliaryClassifier = (options: AuxiliaryClassifierOptions, ...more: None): Loss => {
  const rules = { classes: count, weight: notNegative, loss: aLoss }
  const usual = { weight: 1, loss: nonSaturating }
  const { all, problems } = readOptions<AuxiliaryClassifierOptions>(usual, options, rules, {}, more)
  const isSound = problems.length === 0
  const base = isLoss(all.loss) ? all.loss : nonSaturating
  const { outputs = 1, objectives } = base
  const logitsOf = (x: Tensor, labels: Tensor | undefined, { D }: Play): Tensor =>
    columns(D.output(x, labels), outputs, outputs + all.classes)
  const ofFakes: Term = (play) => crossEntropy('fakes', logitsOf(play.fake, play.fakeLabels, play), play.fakeLabels)
  const ofBoth: Term = (play) => {
    const ofReals = crossEntropy('reals', logitsOf(play.real, play.realLabels, play), play.realLabels)
    return add(ofReals, ofFakes(play))
  }
  const weighted = (term: Term) => scale(isSound ? all.weight : 1)(of('auxiliaryClassifier', term))
  return {
    ...base,
    name: 'auxiliaryClassifier',
    options: { ...all },
    problems: [...base.problems, ...problems],
    outputs: outputs + all.classes,
    misfits: misfitsOf(base, { misfits: ({ labels }) => (isSound ? tooFew(all.classes, labels) : []) }),
    objectives: {
      ...objectives,
      discriminator: [...(objectives['discriminator'] ?? []), ...weighted(ofBoth)],
      generator: [...(objectives['generator'] ?? []), ...weighted(ofFakes)]
    }
  }
}
