// A job that is too heavy for an API call: it generates a CSV file of taxi trips, sorts it on disk, and prints statistics. It needs only the
// standard library, and at most a few dozen megabytes of memory.
//
//	trips <megabytes>
package main

import (
	"bufio"
	"container/heap"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

const tripsAChunk = 400_000
const steps = 3

type result struct {
	Trips  int    `json:"trips"`
	Cities []city `json:"cities"`
}

// Total is in whole units of money; the median and the 95th percentile have two decimals.
type city struct {
	City   string  `json:"city"`
	Trips  int     `json:"trips"`
	Total  int     `json:"total"`
	Median float64 `json:"median"`
	P95    float64 `json:"p95"`
}

func main() {
	argument := ""
	if len(os.Args) > 1 {
		argument = os.Args[1]
	}
	megabytes, err := strconv.ParseFloat(argument, 64)
	if err != nil || !(megabytes > 0 && megabytes <= 10_000) {
		fmt.Fprintf(os.Stderr, "usage: trips <megabytes, 1 to 10000>, not '%s'\n", argument)
		os.Exit(2)
	}
	if err := run(megabytes); err != nil {
		fmt.Fprintln(os.Stderr, "failed:", err)
		os.Exit(1)
	}
}

func run(megabytes float64) error {
	scratch, err := os.MkdirTemp(os.Getenv("HEAVY_BATCH_SCRATCH"), "trips-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	cleanUpOnSigterm(scratch)

	csv := filepath.Join(scratch, "trips.csv")
	trips, err := generate(csv, megabytes*1024*1024)
	if err != nil {
		return err
	}
	chunks, err := sortChunks(csv, trips)
	if err != nil {
		return err
	}
	statistics, err := aggregate(chunks, trips)
	if err != nil {
		return err
	}
	text, err := json.Marshal(statistics)
	if err != nil {
		return err
	}
	_, err = fmt.Printf("::result %s\n", text)
	return err
}

// AWS Batch sends SIGTERM 30 seconds before SIGKILL: when the job is terminated, or when it runs for too long.
func cleanUpOnSigterm(scratch string) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		fmt.Println("SIGTERM: cleaning up")
		os.RemoveAll(scratch)
		os.Exit(143)
	}()
}

// Splits the file into chunks that fit into memory, and sorts each of them.
func sortChunks(file string, trips int) ([]string, error) {
	report := progress("sorted", 1, float64(trips), "trips", 1)
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var chunks, lines []string
	done := 0
	flush := func() error {
		slices.Sort(lines)
		chunk := filepath.Join(filepath.Dir(file), fmt.Sprintf("chunk-%d.csv", len(chunks)))
		chunks = append(chunks, chunk)
		done += len(lines)
		report(done)
		text := strings.Join(lines, "\n") + "\n"
		lines = lines[:0]
		return os.WriteFile(chunk, []byte(text), 0o644)
	}
	scanner := bufio.NewScanner(in)
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
		if len(lines) == tripsAChunk {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if len(lines) > 0 {
		if err := flush(); err != nil {
			return nil, err
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, err
	}
	return chunks, os.Remove(file)
}

// Merges the sorted chunks, and computes the statistics of each city.
func aggregate(files []string, trips int) (result, error) {
	report := progress("merged", 2, float64(trips), "trips", 1)
	var all result
	chunks, err := openChunks(files)
	if err != nil {
		return all, err
	}
	name := ""
	var fares []int
	for len(chunks) > 0 {
		fields := strings.Split(chunks[0].Text(), ",")
		if fields[0] != name {
			if name != "" {
				all.Cities = append(all.Cities, statisticsOf(name, fares))
			}
			name, fares = fields[0], nil
		}
		cents, err := strconv.Atoi(fields[3])
		if err != nil {
			return all, err
		}
		fares = append(fares, cents)
		all.Trips++
		if all.Trips%100_000 == 0 {
			report(all.Trips)
		}
		if chunks[0].Scan() {
			heap.Fix(&chunks, 0)
		} else if err := chunks[0].Err(); err != nil {
			return all, err
		} else {
			heap.Pop(&chunks)
		}
	}
	all.Cities = append(all.Cities, statisticsOf(name, fares))
	report(all.Trips)
	return all, nil
}

func statisticsOf(name string, fares []int) city {
	slices.Sort(fares)
	total := 0
	for _, cents := range fares {
		total += cents
	}
	at := func(percent int) float64 { return float64(fares[len(fares)*percent/100]) / 100 }
	return city{City: name, Trips: len(fares), Total: total / 100, Median: at(50), P95: at(95)}
}
