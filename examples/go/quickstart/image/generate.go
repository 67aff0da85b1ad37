package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"time"
)

const tripsABlock = 1_000

var cityNames = []string{"Antwerp", "Bergen", "Cusco", "Dakar", "Esfahan", "Florence", "Granada", "Hanoi", "Izmir", "Jaipur", "Kyoto", "Lagos"}

// Writes trips until the file has the given size, and returns their number. The same size always gives the same trips.
func generate(file string, size float64) (int, error) {
	report := progress("generated", 0, size, "MB", 1024*1024)
	out, err := os.Create(file)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	buffer := bufio.NewWriterSize(out, 1<<20)
	seed := uint32(42)
	random := func() float64 {
		seed = (seed*1_103_515_245 + 12_345) & 0x7fffffff
		return float64(seed) / 0x80000000
	}
	trips, written := 0, 0
	for float64(written) < size {
		for range tripsABlock {
			name := cityNames[int(random()*float64(len(cityNames)))]
			second := int(random() * 31_536_000)
			share := random()
			metres := int(share * share * share * 80_000)
			cents := 300 + int(float64(metres)*(1+random())/10)
			length, err := fmt.Fprintf(buffer, "%s,%08d,%d,%d\n", name, second, metres, cents)
			if err != nil {
				return 0, err
			}
			written += length
		}
		trips += tripsABlock
		report(written)
	}
	return trips, buffer.Flush()
}

// Returns a function that prints the progress every two seconds, and the end of a step. The index counts the steps.
func progress(step string, index int, total float64, unit string, size float64) func(done int) {
	started := time.Now()
	printed := started
	return func(done int) {
		now := time.Now()
		if now.Sub(printed) < 2*time.Second && float64(done) < total {
			return
		}
		printed = now
		part := min(float64(done), total)
		percentage := (float64(index) + part/total) / steps * 100
		fmt.Printf("::progress %d %s %s of %s %s (%.1f s)\n", int(percentage), step, grouped(int(part/size)), grouped(int(total/size)), unit, now.Sub(started).Seconds())
	}
}

// 1234567 is 1,234,567.
func grouped(number int) string {
	text := strconv.Itoa(number)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
