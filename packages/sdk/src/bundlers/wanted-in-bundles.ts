import { readConfig } from '../config/config.js';
import { Recorder } from '../core/recorder.js';
import { attachAll } from '../instrument/instrumentation.js';
import { instrumentations } from '../instrument/list.js';
import { WantedModules } from '../load/wanted-modules.js';

/** The modules of libraries that instrumentations ask for: each is attached for a moment, to an SDK that records nothing, and says what it waits for. */
export function wantedInBundles(): WantedModules {
  const names = new Set<string>();
  const attached = attachAll(instrumentations, {
    recorder: new Recorder(readConfig({}, {}), () => {}),
    disabled: [],
    onLoad(name) {
      names.add(name);
      return () => {};
    },
  });
  attached.detach();
  return new WantedModules([...names]);
}
