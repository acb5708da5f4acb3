import { useState } from 'preact/hooks'
import type { Player } from '../player.ts'
import type { OpenWire } from '../connection.ts'

type EditorModule = typeof import('./CodeEditor.tsx')

const workerText = async (): Promise<string> => (await fetch(new URL('sandbox.js', document.baseURI))).text()

/** The game as the TypeScript that makes it: to copy, or to edit and run in a sandbox. */
export const CodePane = ({ player, linked }: { readonly player: Player; readonly linked: string | undefined }) => {
  const [editor, setEditor] = useState<EditorModule | undefined>(undefined)
  const [text, setText] = useState<string | undefined>(linked)
  const { described, own, issues } = player
  const code = text ?? described.value?.code ?? ''

  const edit = async (): Promise<void> => {
    setText(code)
    setEditor(await import('./CodeEditor.tsx'))
  }
  const run = async (): Promise<void> => {
    const { runnable } = await import('./runnable.ts')
    const made = runnable(code)
    if (made.problem !== undefined) {
      issues.value = [{ path: ['code'], text: made.problem, isWarning: false }]
      return
    }
    const { sandboxed } = await import('../sandbox.ts')
    const wire: OpenWire = sandboxed(await workerText())
    player.runCode(made.code, wire)
  }
  const Editor = editor?.CodeEditor
  const problems = issues.value.filter(({ path }) => own.value !== undefined || path[0] === 'code')
  return (
    <details class="section code" aria-label="The game as code" open={linked !== undefined}>
      <summary>
        The game as code{own.value === undefined || issues.value.length > 0 ? '' : ': yours is running'}
      </summary>
      {linked !== undefined && own.value === undefined && (
        <p class="notice">
          This link brought code. It is only shown: it runs when you press Run, without network and apart from this
          page.
        </p>
      )}
      {Editor && text !== undefined ? (
        <Editor value={text} problems={problems} onChange={setText} />
      ) : (
        <pre tabIndex={0}>{code}</pre>
      )}
      {Editor && problems.length > 0 && (
        <ul class="issues">
          {problems.map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <div class="buttons">
        <button type="button" onClick={() => void navigator.clipboard.writeText(code)}>
          Copy
        </button>
        {!Editor && (
          <button type="button" onClick={() => void edit()}>
            Edit
          </button>
        )}
        {text !== undefined && (
          <button type="button" onClick={() => void run()}>
            Run
          </button>
        )}
        {text !== undefined && (
          <button type="button" onClick={() => setText(undefined)}>
            Back to the controls’ code
          </button>
        )}
      </div>
    </details>
  )
}
