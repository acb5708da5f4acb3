/** The worker: it alone holds the library. The page asks, it answers; what plays tells frames of itself. */
import { E, Gan } from '../../../src/core.ts'
import { catalogue, describe, make, presetFor, presetsFor } from './catalogue.ts'
import { readFile, samplesOf } from './dataset.ts'
import { textOf, textOfThrown } from './issues.ts'
import type { Answer, Data, Game, IssueText, Request } from './messages.ts'
import { specOfCode } from './ownCode.ts'
import type { Session } from './session.ts'
import { openSession } from './session.ts'

type Asked = Request & { readonly id: number }
type Answered = E.Either<readonly IssueText[], unknown>

const say = (answer: Answer): void =>
  (globalThis as unknown as { postMessage: (x: Answer) => void }).postMessage(answer)

let session: Session | undefined
let most: number | null = null
/** What is asked of a game waits until it is there. */
let opening: Promise<unknown> = Promise.resolve()

const specOf = ({ spec }: Game, code: string | undefined): E.Either<readonly IssueText[], Gan.Spec> => {
  if (code !== undefined) return specOfCode(code)
  const read = Gan.specFromJson(JSON.stringify(spec))
  return E.isLeft(read) ? E.left(read.left.map(textOf)) : read
}

const textOfMisfit = (name: string, data: Data): IssueText => ({
  path: [],
  text: `${name}: expected square images of 28, 32, 48 or 64 pixels a side, for which there are networks; got [${
    data.kind === 'images' ? data.shape.join(', ') : ''
  }]`,
  isWarning: false
})

const open = async ({ game, code, engine, epoch }: Extract<Request, { readonly type: 'open' }>): Promise<Answered> => {
  session?.close()
  session = undefined
  const spec = specOf(game, code)
  if (E.isLeft(spec)) return spec
  const { batchSize, seed, data } = game
  const samples = samplesOf(data, spec.right.labels !== undefined)
  const opened = await openSession(
    { spec: spec.right, samples, batchSize, seed, engine },
    {
      onFrame: (frame) => say({ type: 'frame', frame, epoch }),
      onState: (playing, issues) => say({ type: 'state', playing, issues, epoch })
    }
  )
  if (E.isLeft(opened)) return opened
  session = opened.right
  session.limit(most)
  const text = Gan.specToJson(spec.right)
  return E.right(E.isRight(text) ? JSON.parse(text.right) : null)
}

const answerTo = async (asked: Request): Promise<Answered> => {
  switch (asked.type) {
    case 'catalogue':
      return E.right(catalogue())
    case 'presets':
      return E.right(presetsFor(asked.data))
    case 'preset':
      return E.right(presetFor(asked.name, asked.data))
    case 'make':
      return E.right(make(asked.kind, asked.name, asked.like))
    case 'describe':
      return E.right(describe(asked.spec))
    case 'read': {
      const read = readFile(asked.name, asked.bytes, asked.beside)
      if (E.isLeft(read)) return E.left([read.left])
      return presetsFor(read.right).length > 0 ? read : E.left([textOfMisfit(asked.name, read.right)])
    }
    case 'open': {
      const opened = open(asked)
      opening = opened.catch(() => undefined)
      return opened
    }
    case 'play':
    case 'pause':
      await opening
      session?.[asked.type]()
      return E.right(null)
    case 'speed':
      most = asked.most
      session?.limit(most)
      return E.right(null)
    case 'advance':
      await opening
      session?.advance(asked.steps)
      return E.right(null)
    case 'phase':
      await opening
      session?.advancePhase()
      return E.right(null)
    case 'return':
      await opening
      session?.goBack(asked.step)
      return E.right(null)
  }
}

globalThis.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  const { id } = data
  void answerTo(data)
    .catch((cause: unknown): Answered => E.left([textOfThrown(cause)]))
    .then((answered) =>
      say(
        E.isLeft(answered)
          ? { type: 'refusal', id, issues: answered.left }
          : { type: 'answer', id, value: answered.right }
      )
    )
})
