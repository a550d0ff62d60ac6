package main

import (
	"context"
	"errors"
	"io"

	openai "github.com/sashabaranov/go-openai"
)

func ask(ctx context.Context, call asked) (string, error) {
	config := openai.DefaultConfig(call.APIKey)
	config.BaseURL = call.BaseURL
	client := openai.NewClientWithConfig(config)
	request := openai.ChatCompletionRequest{
		Model:    "gpt-4o",
		Messages: []openai.ChatCompletionMessage{{Role: "user", Content: call.Prompt}},
	}
	if !call.Stream {
		answer, err := client.CreateChatCompletion(ctx, request)
		if err != nil {
			return "", err
		}
		return answer.Choices[0].Message.Content, nil
	}
	stream, err := client.CreateChatCompletionStream(ctx, request)
	if err != nil {
		return "", err
	}
	defer stream.Close()
	text := ""
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return "", err
		}
		if len(chunk.Choices) > 0 {
			text += chunk.Choices[0].Delta.Content
		}
	}
}
