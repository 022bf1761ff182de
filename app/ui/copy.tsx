import { useEffect, useState } from 'react';
import { Button } from './button.tsx';

/** A line to be copied whole, such as a key or a one-time secret. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => {
      setCopied(false);
    }, 2000);
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied]);
  return (
    <div className="flex min-w-0 items-stretch gap-2">
      <code
        tabIndex={0}
        role="textbox"
        aria-readonly="true"
        aria-label={label}
        className="min-w-0 grow overflow-x-auto rounded border border-line bg-sunken px-2.5 py-1.5 font-mono text-xs leading-5 whitespace-nowrap select-all"
      >
        {text}
      </code>
      <Button
        icon={isCopied ? 'check' : 'copy'}
        onClick={() => {
          // Elsewhere the line is selected by a click and copied by keyboard.
          if (!window.isSecureContext) return;
          void navigator.clipboard.writeText(text).then(() => {
            setCopied(true);
          });
        }}
      >
        {isCopied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
