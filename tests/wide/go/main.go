// Command checklog verifies a log's published files with golang.org/x/mod/sumdb, which nobody here wrote:
// the note's signature, every entry's inclusion and the consistency of every smaller size with the checkpoint.
//
//	checklog DIR VKEY
//
// DIR holds checkpoint and tile/. Tiles follow C2SP tlog-tiles, whose paths leave out sumdb's tile height
// (tile/8/0/000 there is tile/0/000 here) and write the entries as tile/entries.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if len(os.Args) != 3 {
		fail("usage: checklog DIR VKEY")
	}
	dir, vkey := os.Args[1], os.Args[2]
	tree := checkpoint(dir, vkey)
	hashes := tlog.TileHashReader(tree, tiles{dir, map[string][]byte{}})
	root, err := tlog.TreeHash(tree.N, hashes)
	check(err, "tree hash")
	if root != tree.Hash {
		fail("root %s is not the checkpoint's %s", root, tree.Hash)
	}
	inclusions := included(dir, tree, hashes)
	consistencies := consistent(tree, hashes)
	fmt.Printf("%d leaves, %d inclusion and %d consistency proofs\n", tree.N, inclusions, consistencies)
}

// checkpoint opens the signed note and reads origin, size and root from its text.
func checkpoint(dir, vkey string) tlog.Tree {
	data, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	check(err, "checkpoint")
	verifier, err := note.NewVerifier(vkey)
	check(err, "vkey")
	opened, err := note.Open(data, note.VerifierList(verifier))
	check(err, "note")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail("checkpoint text %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "size")
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err, "root")
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

// included proves every entry of the bundles to be in the tree at its place.
func included(dir string, tree tlog.Tree, hashes tlog.HashReader) (count int) {
	for n := int64(0); n < tree.N; n += step(tree.N) {
		proof, err := tlog.ProveRecord(tree.N, n, hashes)
		check(err, "prove record")
		err = tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(entry(dir, tree.N, n)))
		check(err, fmt.Sprintf("record %d", n))
		count++
	}
	return count
}

// consistent proves the tree of every smaller size to be a prefix, and that another root is not.
func consistent(tree tlog.Tree, hashes tlog.HashReader) (count int) {
	for n := int64(1); n < tree.N; n += step(tree.N) {
		old, err := tlog.TreeHash(n, hashes)
		check(err, "old tree hash")
		proof, err := tlog.ProveTree(tree.N, n, hashes)
		check(err, "prove tree")
		check(tlog.CheckTree(proof, tree.N, tree.Hash, n, old), fmt.Sprintf("tree %d", n))
		old[0] ^= 1
		if tlog.CheckTree(proof, tree.N, tree.Hash, n, old) == nil {
			fail("a changed root of size %d was accepted", n)
		}
		count++
	}
	return count
}

var bundles = map[string][][]byte{}

// entry reads leaf n from its bundle: for each leaf a big-endian uint16 length, then the leaf.
func entry(dir string, size, n int64) []byte {
	path := tilePath("entries", n/256, int(min64(256, size-n/256*256)))
	leaves, read := bundles[path]
	if !read {
		data, err := os.ReadFile(filepath.Join(dir, path))
		check(err, "bundle")
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			leaves = append(leaves, data[2:2+length])
			data = data[2+length:]
		}
		bundles[path] = leaves
	}
	return leaves[n%256]
}

// tiles reads hash tiles from a folder.
type tiles struct {
	dir  string
	read map[string][]byte
}

func (tiles) Height() int                         { return height }
func (tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range wanted {
		path := tilePath(strconv.Itoa(tile.L), tile.N, tile.W)
		read, known := t.read[path]
		if !known {
			if read, err = os.ReadFile(filepath.Join(t.dir, path)); err != nil {
				return nil, err
			}
			t.read[path] = read
		}
		data = append(data, read)
	}
	return data, nil
}

// tilePath spells a path as C2SP tlog-tiles does.
func tilePath(level string, n int64, width int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width != 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + path
}

// step takes every size of a small log, and every 61st of one above 5,000.
func step(size int64) int64 {
	if size > 5000 {
		return 61
	}
	return 1
}

func min64(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func check(err error, what string) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}
