// Returns the configuration that BuildKit gives an image: a Dockerfile as JSON on each line of the input, the configuration on each line of
// the output. Base images are not read: each has an empty configuration. With a context the files of the image are built, too.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"syscall"

	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type request struct {
	Text      string            `json:"text"`
	BuildArgs map[string]string `json:"buildArgs"`
	Target    string            `json:"target"`
	// The directory that is sent to BuildKit. Empty when only the configuration is asked for.
	Context string `json:"context"`
	// The empty directory into which the files of the image are written.
	Root string `json:"root"`
	// The directories of all base images.
	Directories []string `json:"directories"`
}

type response struct {
	Error      string   `json:"error,omitempty"`
	Entrypoint []string `json:"entrypoint"`
	Cmd        []string `json:"cmd"`
	Env        []string `json:"env"`
	WorkingDir string   `json:"workingDir"`
	User       string   `json:"user"`
	StopSignal string   `json:"stopSignal"`
}

type emptyImages struct{}

func (emptyImages) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	// BuildKit takes an image without a layer for scratch.
	layers := ocispecs.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromString(ref)}}
	config, err := json.Marshal(ocispecs.Image{Platform: platform, RootFS: layers})
	return ref, digest.FromBytes(config), config, err
}

var platform = ocispecs.Platform{OS: "linux", Architecture: "amd64"}

func configOf(line []byte) response {
	var question request
	if err := json.Unmarshal(line, &question); err != nil {
		return response{Error: err.Error()}
	}
	state, image, _, _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(question.Text), dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildArgs: question.BuildArgs, Target: question.Target, BuildPlatforms: []ocispecs.Platform{platform}},
		TargetPlatform: &platform,
		MetaResolver:   emptyImages{},
	})
	if err != nil {
		return response{Error: err.Error()}
	}
	if question.Context != "" {
		if err := buildFiles(context.Background(), state, question); err != nil {
			return response{Error: err.Error()}
		}
	}
	config := image.Config
	return response{Entrypoint: config.Entrypoint, Cmd: config.Cmd, Env: config.Env, WorkingDir: config.WorkingDir, User: config.User, StopSignal: config.StopSignal}
}

func main() {
	syscall.Umask(0)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	responses := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := responses.Encode(configOf(lines.Bytes())); err != nil {
			panic(err)
		}
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
}
