package main

// Clients in Go. A line of stdin is a call, or the id of one that is given up; a line of stdout tells how a call went.

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

type asked struct {
	ID      int    `json:"id"`
	Abort   int    `json:"abort"`
	BaseURL string `json:"baseURL"`
	APIKey  string `json:"apiKey"`
	Prompt  string `json:"prompt"`
	Stream  bool   `json:"stream"`
}

func main() {
	var lock sync.Mutex
	tell := func(told any) {
		lock.Lock()
		defer lock.Unlock()
		line, _ := json.Marshal(told)
		fmt.Println(string(line))
	}
	tell(map[string]any{"ready": true})
	cancels := map[int]context.CancelFunc{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var call asked
		if json.Unmarshal(lines.Bytes(), &call) != nil {
			continue
		}
		if call.Abort != 0 {
			if cancel := cancels[call.Abort]; cancel != nil {
				cancel()
			}
			continue
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancels[call.ID] = cancel
		go func() {
			text, err := ask(ctx, call)
			if err != nil {
				tell(map[string]any{"id": call.ID, "ok": false, "error": err.Error()})
				return
			}
			tell(map[string]any{"id": call.ID, "ok": true, "text": text})
		}()
	}
}
