// Clients of Go, whose default transport chooses HTTP/2 by itself over TLS. Each asks twice by one client, and tells what it saw the second time.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

const patience = 10 * time.Second

var addresses = regexp.MustCompile(`(https?://|\b)127\.0\.0\.1:\d+|->`)

func transport() *http.Transport {
	pem, err := os.ReadFile(os.Getenv("CA"))
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	cloned := http.DefaultTransport.(*http.Transport).Clone()
	cloned.TLSClientConfig = &tls.Config{RootCAs: pool}
	return cloned
}

func bare(stack *http.Transport, url string) (string, error) {
	client := http.Client{Transport: stack, Timeout: patience}
	body := `{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}]}`
	request, _ := http.NewRequest("POST", url+"/chat/completions", strings.NewReader(body))
	request.Header.Set("authorization", "Bearer sk-test")
	request.Header.Set("content-type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if !strings.Contains(string(text), "[DONE]") {
		return "half an answer", nil
	}
	return "answer", nil
}

func sdk(stack *http.Transport, url string) (string, error) {
	client := openai.NewClient(option.WithBaseURL(url), option.WithAPIKey("sk-test"), option.WithHTTPClient(&http.Client{Transport: stack, Timeout: patience}))
	stream := client.Chat.Completions.NewStreaming(context.Background(), openai.ChatCompletionNewParams{
		Model:    "gpt-4o",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Hello")},
	})
	text := ""
	for stream.Next() {
		if choices := stream.Current().Choices; len(choices) > 0 {
			text += choices[0].Delta.Content
		}
	}
	if stream.Err() != nil {
		return "", stream.Err()
	}
	if text != os.Getenv("WHOLE") {
		return "half an answer", nil
	}
	return "answer", nil
}

// The words of the innermost cause.
func errorText(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	words := addresses.ReplaceAllString(err.Error(), "")
	return strings.Join(strings.Fields(strings.Split(words, ": current time")[0]), " ")
}

func main() {
	clients := map[string]func(*http.Transport, string) (string, error){"Go `net/http`": bare, "openai-go": sdk}
	urls := map[string]map[string]string{}
	if err := json.Unmarshal([]byte(os.Getenv("URLS")), &urls); err != nil {
		panic(err)
	}
	for name, situations := range urls {
		for situation, url := range situations {
			stack := transport()
			if !strings.HasPrefix(situation, "certificate") {
				clients[name](stack, url)
			}
			saw, err := clients[name](stack, url)
			if err != nil {
				saw = errorText(err)
			}
			line, _ := json.Marshal([]string{name, situation, saw})
			fmt.Println("SEEN " + string(line))
			stack.CloseIdleConnections()
		}
	}
}
