package sandbox

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"sync"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox/guest"
)

// The engine: QuickJS-NG 0.x as the npm package quickjs-wasi of this version ships it.
const (
	enginePackage = "quickjs-wasi 3.6.2"
	engineFile    = "engine/quickjs.wasm"
	engineHash    = "d4c9375f2b1ca4dc95f72c8aa2982a7a9951ac8011490d79c6582df732b4bbd9"
)

//go:embed engine
var engineFiles embed.FS

// loadEngine gives the engine's WebAssembly, checked by its hash.
var loadEngine = sync.OnceValues(func() ([]byte, error) {
	wasm, err := engineFiles.ReadFile(engineFile)
	if err != nil {
		return nil, &agents.Error{
			Code: agents.CodeUnavailable, Message: "this Steward was built without its script engine",
			Hint: "run `make engine` in the source folder, then build again", Err: err,
		}
	}
	return wasm, checkEngine(wasm)
})

func checkEngine(wasm []byte) error {
	if guest.EngineHash(wasm) == engineHash {
		return nil
	}
	return &agents.Error{
		Code: agents.CodeDamaged, Message: "the script engine in this Steward is not the one that it was written for",
		Hint: "run `make engine` in the source folder, which fetches it anew, then build again",
	}
}

// EngineVersion names the engine and the prelude. A result that was recorded under another version may not repeat.
func EngineVersion() string {
	sum := sha256.Sum256([]byte(guest.Prelude()))
	return enginePackage + ", prelude " + hex.EncodeToString(sum[:4])
}
