package main

import (
	"bufio"
	"container/heap"
	"os"
)

// The sorted files, as a heap: the first one has the least line.
type chunkHeap []*bufio.Scanner

func (chunks chunkHeap) Len() int           { return len(chunks) }
func (chunks chunkHeap) Less(a, b int) bool { return chunks[a].Text() < chunks[b].Text() }
func (chunks chunkHeap) Swap(a, b int)      { chunks[a], chunks[b] = chunks[b], chunks[a] }
func (chunks *chunkHeap) Push(chunk any)    { *chunks = append(*chunks, chunk.(*bufio.Scanner)) }

func (chunks *chunkHeap) Pop() any {
	last := len(*chunks) - 1
	chunk := (*chunks)[last]
	*chunks = (*chunks)[:last]
	return chunk
}

// Opens the files, each at its first line. They are closed when the process ends.
func openChunks(files []string) (chunkHeap, error) {
	var chunks chunkHeap
	for _, file := range files {
		in, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		chunk := bufio.NewScanner(in)
		chunk.Scan()
		chunks = append(chunks, chunk)
	}
	heap.Init(&chunks)
	return chunks, nil
}
