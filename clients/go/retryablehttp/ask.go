package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/go-retryablehttp"
)

func ask(ctx context.Context, call asked) (string, error) {
	if call.Stream {
		return "", errors.New("it reads no streams")
	}
	client := retryablehttp.NewClient()
	client.Logger = nil
	body, _ := json.Marshal(map[string]any{
		"model":    "gpt-4o",
		"messages": []map[string]string{{"role": "user", "content": call.Prompt}},
	})
	request, err := retryablehttp.NewRequestWithContext(ctx, "POST", call.BaseURL+"/chat/completions", body)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+call.APIKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode >= 400 {
		return "", fmt.Errorf("status %d", response.StatusCode)
	}
	var answer struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", err
	}
	if len(answer.Choices) == 0 {
		return "", errors.New("no choices")
	}
	return answer.Choices[0].Message.Content, nil
}
