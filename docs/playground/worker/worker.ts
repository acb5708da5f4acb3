/** The worker: it alone holds the library. The page asks, it answers; what plays tells frames of itself. */
import { E, Gan } from '../../../src/core.ts'
import { catalogue, describe, make, presetFor, presetsFor } from './catalogue.ts'
import { readFile, samplesOf } from './dataset.ts'
import { textOf, textOfThrown } from './issues.ts'
import type { Answer, Game, IssueText, Request } from './messages.ts'
import { specOfCode } from './ownCode.ts'
import type { Session } from './session.ts'
import { openSession } from './session.ts'

type Asked = Request & { readonly id: number }
type Answered = E.Either<readonly IssueText[], unknown>

const say = (answer: Answer): void =>
  (globalThis as unknown as { postMessage: (x: Answer) => void }).postMessage(answer)

let session: Session | undefined

const specOf = ({ spec }: Game, code: string | undefined): E.Either<readonly IssueText[], Gan.Spec> => {
  if (code !== undefined) return specOfCode(code)
  const read = Gan.specFromJson(JSON.stringify(spec))
  return E.isLeft(read) ? E.left(read.left.map(textOf)) : read
}

const open = async ({ game, code, engine }: Extract<Request, { readonly type: 'open' }>): Promise<Answered> => {
  session?.close()
  session = undefined
  const spec = specOf(game, code)
  if (E.isLeft(spec)) return spec
  const { batchSize, seed, data } = game
  const samples = samplesOf(data, spec.right.labels !== undefined)
  const opened = await openSession(
    { spec: spec.right, samples, batchSize, seed, engine },
    {
      onFrame: (frame) => say({ type: 'frame', frame }),
      onState: (playing, issues) => say({ type: 'state', playing, issues })
    }
  )
  if (E.isLeft(opened)) return opened
  session = opened.right
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
      const read = readFile(asked.name, asked.bytes)
      return E.isLeft(read) ? E.left([read.left]) : read
    }
    case 'open':
      return open(asked)
    case 'play':
    case 'pause':
      session?.[asked.type]()
      return E.right(null)
    case 'advance':
      session?.advance(asked.steps)
      return E.right(null)
    case 'return':
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
