package main

// Carries out the file operations of a build as BuildKit's solver does (solver/llbsolver/file/backend.go), in directories: the copying is that
// of BuildKit, https://github.com/tonistiigi/fsutil. RUN instructions do nothing. A base image has only directories.

import (
	"context"
	"errors"
	"io"
	gofs "io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/continuity/fs"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/patternmatcher/ignorefile"
	digest "github.com/opencontainers/go-digest"
	"github.com/tonistiigi/fsutil"
	copy "github.com/tonistiigi/fsutil/copy"
)

type build struct {
	context     string
	directories []string
	// Where temporary directories are made.
	temporary string
	ops       map[digest.Digest]*pb.Op
	results   map[digest.Digest][]string
}

// buildFiles fills root with the files of a state.
func buildFiles(ctx context.Context, state *llb.State, request request) error {
	definition, err := state.Marshal(ctx)
	if err != nil || len(definition.Def) == 0 {
		return err
	}
	temporary, err := os.MkdirTemp("", "buildkit-files-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	b := &build{context: request.Context, directories: request.Directories, temporary: temporary, ops: map[digest.Digest]*pb.Op{}, results: map[digest.Digest][]string{}}
	var last *pb.Op
	for _, bytes := range definition.Def {
		op := &pb.Op{}
		if err := op.UnmarshalVT(bytes); err != nil {
			return err
		}
		b.ops[digest.FromBytes(bytes)] = op
		last = op
	}
	result, err := b.input(ctx, last.Inputs[0])
	if err != nil {
		return err
	}
	return copyAll(ctx, result, request.Root)
}

func (b *build) input(ctx context.Context, input *pb.Input) (string, error) {
	key := digest.Digest(input.Digest)
	if _, ok := b.results[key]; !ok {
		outputs, err := b.run(ctx, b.ops[key])
		if err != nil {
			return "", err
		}
		b.results[key] = outputs
	}
	return b.results[key][input.Index], nil
}

func (b *build) run(ctx context.Context, op *pb.Op) ([]string, error) {
	switch o := op.Op.(type) {
	case *pb.Op_Source:
		return b.source(ctx, o.Source.Identifier)
	case *pb.Op_File:
		return b.files(ctx, op, o.File)
	case *pb.Op_Exec:
		if o.Exec.Mounts[0].Input < 0 {
			directory, err := b.makeDirectory()
			return []string{directory}, err
		}
		result, err := b.input(ctx, op.Inputs[o.Exec.Mounts[0].Input])
		return []string{result}, err
	default:
		return nil, errors.New("an operation that is not expected")
	}
}

func (b *build) source(ctx context.Context, identifier string) ([]string, error) {
	directory, err := b.makeDirectory()
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(identifier, "local://") {
		return []string{directory}, send(ctx, b.context, directory)
	}
	for _, name := range b.directories {
		if err := os.MkdirAll(filepath.Join(directory, name), 0o755); err != nil {
			return nil, err
		}
	}
	return []string{directory}, nil
}

func (b *build) files(ctx context.Context, op *pb.Op, file *pb.FileOp) ([]string, error) {
	places := make([]string, len(op.Inputs), len(op.Inputs)+len(file.Actions))
	for i, input := range op.Inputs {
		place, err := b.input(ctx, input)
		if err != nil {
			return nil, err
		}
		places[i] = place
	}
	outputs := map[int64]string{}
	for _, action := range file.Actions {
		// An input belongs to other operations, too. The result of an action belongs to this operation alone.
		place := ""
		if action.Input >= int64(len(op.Inputs)) {
			place = places[action.Input]
		} else {
			var err error
			if place, err = b.makeDirectory(); err != nil {
				return nil, err
			}
			if action.Input >= 0 {
				if err := copyAll(ctx, places[action.Input], place); err != nil {
					return nil, err
				}
			}
		}
		secondary, err := b.makeDirectory() // scratch
		if err != nil {
			return nil, err
		}
		if action.SecondaryInput >= 0 {
			secondary = places[action.SecondaryInput]
		}
		if err := act(ctx, action, secondary, place); err != nil {
			return nil, err
		}
		places = append(places, place)
		if action.Output >= 0 {
			outputs[action.Output] = place
		}
	}
	list := make([]string, len(outputs))
	for i, place := range outputs {
		list[i] = place
	}
	return list, nil
}

func act(ctx context.Context, action *pb.FileAction, secondary, place string) error {
	switch a := action.Action.(type) {
	case *pb.FileAction_Mkdir:
		directory, err := fs.RootPath(place, a.Mkdir.Path)
		if err != nil {
			return err
		}
		_, err = copy.MkdirAll(directory, os.FileMode(a.Mkdir.Mode), chowner(a.Mkdir.Owner), nil)
		return err
	case *pb.FileAction_Mkfile:
		return os.WriteFile(filepath.Join(place, a.Mkfile.Path), a.Mkfile.Data, os.FileMode(a.Mkfile.Mode))
	case *pb.FileAction_Copy:
		return copyFiles(ctx, a.Copy, secondary, place)
	default:
		return errors.New("an action that is not expected")
	}
}

func copyFiles(ctx context.Context, action *pb.FileActionCopy, from, to string) error {
	matches := []string{clean(action.Src)}
	if action.AllowWildcard {
		var err error
		if matches, err = copy.ResolveWildcards(from, clean(action.Src), action.FollowSymlink); err != nil {
			return err
		}
	}
	for _, match := range matches {
		err := copy.Copy(ctx, from, match, to, clean(action.Dest), func(info *copy.CopyInfo) {
			info.IncludePatterns = action.IncludePatterns
			info.ExcludePatterns = action.ExcludePatterns
			info.Chown = chowner(action.Owner)
			info.CopyDirContents = action.DirCopyContents
			info.FollowLinks = action.FollowSymlink
			info.ModeStr = action.ModeStr
			if mode := int(action.Mode); action.ModeStr == "" && mode != -1 {
				info.Mode = &mode
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// chowner returns who owns copied files. Names of users are not known: a base image has no files.
func chowner(owner *pb.ChownOpt) copy.Chowner {
	if owner == nil || os.Geteuid() != 0 {
		return nil
	}
	user := &copy.User{}
	if id, ok := owner.User.GetUser().(*pb.UserOpt_ByID); ok {
		user.UID, user.GID = int(id.ByID), int(id.ByID)
	}
	if id, ok := owner.Group.GetUser().(*pb.UserOpt_ByID); ok {
		user.GID = int(id.ByID)
	}
	return func(*copy.User) (*copy.User, error) { return user, nil }
}

// clean keeps the slash at the end of a path, which makes it a directory.
func clean(path string) string {
	cleaned := filepath.Clean(path)
	if strings.HasSuffix(path, "/") && cleaned != "/" {
		return cleaned + "/"
	}
	return cleaned
}

// send copies a context, without what .dockerignore excludes. All of it belongs to root.
func send(ctx context.Context, from, to string) error {
	var patterns []string
	if file, err := os.Open(filepath.Join(from, ".dockerignore")); err == nil {
		defer file.Close()
		if patterns, err = ignorefile.ReadAll(file); err != nil {
			return err
		}
	}
	all, err := fsutil.NewFS(from)
	if err != nil {
		return err
	}
	sent, err := fsutil.NewFilterFS(all, &fsutil.FilterOpt{ExcludePatterns: patterns})
	if err != nil {
		return err
	}
	return sent.Walk(ctx, "", func(path string, entry gofs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, path)
		switch {
		case entry.IsDir():
			if err := os.Mkdir(target, 0o755); err != nil {
				return err
			}
		case info.Mode()&os.ModeSymlink != 0:
			link, err := os.Readlink(filepath.Join(from, path))
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		default:
			source, err := sent.Open(path)
			if err != nil {
				return err
			}
			defer source.Close()
			file, err := os.Create(target)
			if err != nil {
				return err
			}
			defer file.Close()
			if _, err := io.Copy(file, source); err != nil {
				return err
			}
		}
		return os.Chmod(target, info.Mode())
	})
}

func copyAll(ctx context.Context, from, to string) error {
	return copy.Copy(ctx, from, "/", to, "/", func(info *copy.CopyInfo) { info.CopyDirContents = true })
}

func (b *build) makeDirectory() (string, error) {
	directory, err := os.MkdirTemp(b.temporary, "")
	if err != nil {
		return "", err
	}
	return directory, os.Chmod(directory, 0o755)
}
